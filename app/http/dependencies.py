"""What routes are given: the application and its jobs."""

from typing import Annotated

from fastapi import Depends, Request

from app.bootstrap import App
from app.ingestion.jobs import Jobs


async def app_of(request: Request) -> App:
    """The application that this service serves."""
    app: App = request.app.state.app
    return app


async def jobs_of(request: Request) -> Jobs:
    """The jobs of the application."""
    jobs: Jobs = request.app.state.jobs
    return jobs


Served = Annotated[App, Depends(app_of)]
Work = Annotated[Jobs, Depends(jobs_of)]
