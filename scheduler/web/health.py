"""Whether the service lives, and whether it does its work. Without login, so without a word about sites."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from scheduler.state import ServiceState
from scheduler.web.backstage import Behind

api = APIRouter(prefix="/health", tags=["health"])


@api.get("/live")
async def live() -> dict[str, str]:
    """200 while the event loop turns."""
    return {"status": "live"}


@api.get("/ready", responses={503: {"description": "Not ready; `reasons` says why."}})
async def ready(behind: Behind) -> JSONResponse:
    """200 if the service does its work, else 503. A warning is for a person; the service works on."""
    state = behind.state()
    reasons = reasons_against(state)
    warnings = ["the sites file has an error; the last good schedule runs"] if state.sites_file_error else []
    body = {"status": "not ready" if reasons else "ready", "reasons": reasons, "warnings": warnings}
    return JSONResponse(body, 503 if reasons else 200)


def reasons_against(state: ServiceState) -> list[str]:
    """Return why a service is not ready; none if it is."""
    reasons = []
    if state.is_stopping:
        reasons.append("stopping")
    elif not state.is_ready:
        reasons.append("starting")
    if state.store_away_since:
        reasons.append(f"MongoDB away since {state.store_away_since.isoformat(timespec='seconds')}")
    return reasons
