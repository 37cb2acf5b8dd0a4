"""The engine calls that run in a worker: judging, reading, taking what a watch brings, writing."""
