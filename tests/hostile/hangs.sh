#!/bin/sh
# Stands in for a worker that never answers.
exec sleep 600
