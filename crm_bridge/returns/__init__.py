"""What customers send back or exchange: announced here, received at the mill, then refunded."""
