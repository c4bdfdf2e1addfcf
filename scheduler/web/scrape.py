"""`/metrics`: what Prometheus asks for."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from scheduler.web.backstage import Behind

api = APIRouter(tags=["metrics"])


@api.get("/metrics", response_class=Response)
async def metrics(behind: Behind) -> Response:
    """All metrics, in Prometheus's text format."""
    return Response(behind.metrics.render(behind.state(), behind.logs), media_type=CONTENT_TYPE_LATEST)
