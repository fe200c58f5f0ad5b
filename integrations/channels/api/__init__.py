"""The api channel: a plain HTTP channel for sites, apps, tests and the terminal."""
