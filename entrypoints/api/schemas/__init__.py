"""The models of requests and responses, one module for each capability. Each says how a record becomes a response."""
