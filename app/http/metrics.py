"""Counts and times for Prometheus, without questions or keys."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """The service's own registry."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("jianxi_requests", "Requests served", labels, registry=self.registry)
        self.seconds = Histogram(
            "jianxi_request_seconds",
            "Time to the end of a response",
            labels[:2],
            registry=self.registry,
            buckets=_BUCKETS,
        )
        self.in_flight = Gauge("jianxi_requests_in_flight", "Requests being served", registry=self.registry)
        self.knowledge = Gauge("jianxi_knowledge", "Contents of the store by kind", ("kind",), registry=self.registry)
        self.memory = Gauge("jianxi_resident_memory_bytes", "Resident memory of the service", registry=self.registry)


class MetricsMiddleware:
    """Counts each request under the pattern of its route, not under its path."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = "500"

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        start = time.perf_counter()
        self._metrics.in_flight.inc()
        try:
            await self._app(scope, receive, noting)
        finally:
            self._metrics.in_flight.dec()
            route = getattr(scope.get("route"), "path_format", "unknown")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.requests.labels(method, route, status).inc()
            self._metrics.seconds.labels(method, route).observe(time.perf_counter() - start)
