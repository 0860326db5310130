"""Documents that a client adds to a service and deletes over HTTP, and whether what was acknowledged is kept."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

_MOST = 2
_LOOK_S, _BUSY_S, _PATIENCE_S = 0.1, 0.3, 120.0
_ENDED = ("succeeded", "failed", "cancelled")


@dataclass(slots=True)
class Edits:
    """What a client has asked for so far, by the ids of its documents; one that is killed with it stays ``open``."""

    there: list[str] = field(default_factory=list)
    """Acknowledged and not deleted since."""
    gone: list[str] = field(default_factory=list)
    """Their deletion is acknowledged."""
    open: list[str] = field(default_factory=list)
    """Asked for without an answer: they may be there or not."""
    acknowledged: int = 0
    flaws: list[str] = field(default_factory=list)
    _number: int = 0
    _failed: set[str] = field(default_factory=set)

    def go_on(self, client: httpx.Client) -> None:
        """Add and delete documents, one after the other, until the service is gone."""
        try:
            while True:
                self.add(client)
                while len(self.there) > _MOST:
                    self.delete(client, self.there[0])
        except httpx.TransportError:
            return

    def add_one(self, client: httpx.Client) -> None:
        """Add a document, again where the service is not ready for it."""
        before = self.acknowledged
        while self.acknowledged == before and not self.flaws:
            self.add(client)

    def add(self, client: httpx.Client) -> None:
        """Upload one document and wait until its job has ended."""
        self._number += 1
        name = f"KILLED-{self._number:04d}"
        self.open.append(name)
        reply = client.post("/v1/documents", files=[("files", (f"{name}.jsonl", _record(name)))])
        if reply.status_code == 202:
            self.open.remove(name)
            self.there.append(name)
            self.acknowledged += 1
            _wait_for_jobs(client)
        else:
            self._refused(f"the upload of {name}", reply)

    def delete(self, client: httpx.Client, name: str) -> None:
        """Delete one of the documents that are there."""
        self.there.remove(name)
        self.open.append(name)
        reply = client.delete(f"/v1/documents/{name}")
        if reply.status_code == 200:
            self.open.remove(name)
            self.gone.append(name)
            self.acknowledged += 1
        else:
            self._refused(f"the deletion of {name}", reply)

    def settle(self, client: httpx.Client) -> None:
        """Once jobs have ended: what is acknowledged must be kept and found; what is open is one or the other.

        What is wrong is added to ``flaws``.
        """
        for id_, why in _wait_for_jobs(client).items():
            if id_ not in self._failed:
                self._failed.add(id_)
                self.flaws.append(f"job {id_} {why}")
        for name in self.open:
            if _is_there(client, name):
                self.there.append(name)
        self.open.clear()
        for name in self.there:
            if not _is_there(client, name):
                self.flaws.append(f"{name} is lost, and its upload was acknowledged")
            elif not _is_found(client, name):
                self.flaws.append(f"{name} is there, and no search finds it")
        for name in self.gone:
            if _is_there(client, name) or _is_found(client, name):
                self.flaws.append(f"{name} is there or found, and its deletion was acknowledged")

    def _refused(self, what: str, reply: httpx.Response) -> None:
        """A service that has just started may say that it is busy; nothing else is in order."""
        if reply.status_code == 503:
            time.sleep(_BUSY_S)
        else:
            self.flaws.append(f"{what} was answered {reply.status_code}: {reply.text[:300]}")


def _record(name: str) -> bytes:
    text = f"The word {_mark(name)} stands in this record alone, beside aquaporin-4 and the interstitial fluid."
    return (json.dumps({"paper_id": name, "title": f"Record {name}", "abstract": text}) + "\n").encode()


def _mark(name: str) -> str:
    return f"killmark{name.rpartition('-')[2]}"


def _wait_for_jobs(client: httpx.Client) -> dict[str, str]:
    """Wait until no job runs; returns those that did not end well, with how they ended."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        reply = client.get("/v1/jobs", params={"limit": 100})
        if reply.status_code == 200:
            jobs = reply.json()["jobs"]
            if all(job["status"] in _ENDED for job in jobs):
                return {j["id"]: f"{j['status']}: {j['error']}" for j in jobs if j["status"] != "succeeded"}
        time.sleep(_LOOK_S)
    return {"of the service": f"has not ended within {_PATIENCE_S:.0f} s"}


def _is_there(client: httpx.Client, name: str) -> bool:
    reply = client.get(f"/v1/documents/{name}")
    if reply.status_code != 404:
        reply.raise_for_status()
    return reply.status_code == 200


def _is_found(client: httpx.Client, name: str) -> bool:
    return name in _found(client, _mark(name))


def _found(client: httpx.Client, word: str) -> Iterator[str]:
    reply = client.post("/v1/search", json={"query": word, "mode": "lexical", "k": 5}).raise_for_status()
    return (str(result["source_id"]) for result in reply.json()["results"])
