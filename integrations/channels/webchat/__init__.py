"""The web chat: a page at /chat and a widget for any page, over one WebSocket."""
