"""What one caller, and all together, may use: rates, bytes a day, memory, sign-ins."""
