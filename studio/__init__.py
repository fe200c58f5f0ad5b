"""The designer's commands: check, compare, publish, roll back, replay."""
