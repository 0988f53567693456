"""What was published before: records, what they mean today, and the register that keeps them."""
