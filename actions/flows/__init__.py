"""What can be done about an order or an account, one module a matter; `matters` lists them."""
