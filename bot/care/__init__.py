"""The care channel's parts: what comes in, what happens, what goes out."""
