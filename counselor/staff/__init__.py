"""Who works here: accounts, sign-in, roles and what each role may do."""
