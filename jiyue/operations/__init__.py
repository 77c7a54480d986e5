"""运行维护: backup and drills, metrics, emergencies, the deployment checks."""
