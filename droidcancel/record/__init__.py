"""What is kept of a run beside its verdict: captures that the simulator replays."""
