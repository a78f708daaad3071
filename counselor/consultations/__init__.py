"""The main job: intake, advice, chosen products, a signed record and its handout."""
