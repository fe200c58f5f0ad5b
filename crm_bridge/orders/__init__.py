"""What customers bought and where it is; read only behind a live grant."""
