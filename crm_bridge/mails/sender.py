"""The background sender: leases due mails, renders and sends them, at most once each."""

from __future__ import annotations

import asyncio
import contextlib
from email.errors import MessageError
from email.message import EmailMessage

from sqlalchemy.orm import Session

from crm_bridge.mails import letters, repository, texts
from crm_bridge.mails.house import House
from crm_bridge.mails.repository import DueMail
from crm_bridge.mails.transports import Transport
from crm_bridge.storage import in_session
from crm_bridge.verification.codes import Codes
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import AscoltoError, Permanent, Temporary, UnknownOutcome
from runtime.logging import get_logger
from runtime.settings import Settings

log = get_logger(__name__)

# Longer than any one sending can take, so that a living sender never loses its lease.
LEASE_S = 180.0
_BATCH = 4
_POLL_S = 5.0
_BACKOFF_S = (2.0, 5.0, 15.0, 45.0, 90.0, 180.0)


class MailSender:
    """Sends what is due. Failures that are certain are tried again until it is too late."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        codes: Codes,
        settings: Settings,
        transport: Transport | None,
        wake: asyncio.Event,
    ) -> None:
        self._database = database
        self._clock = clock
        self._codes = codes
        self._settings = settings
        self._transport = transport
        self._wake = wake
        self._stopping = False

    async def run(self) -> None:
        """Send until stopped; woken by new challenges, with a slow poll as a safety net."""
        while not self._stopping:
            self._wake.clear()
            try:
                while await self.send_due() and not self._stopping:
                    pass
            except AscoltoError as error:
                log.warning("mail_outbox_unavailable", code=error.code)
            except Exception as error:
                # The sender must outlive any surprise: nobody else sends codes.
                log.error("mail_sender_failed", exc_info=error)
            if not self._stopping:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), timeout=_POLL_S)

    def stop(self) -> None:
        """Let `run` return once what is being sent has been: it may not be sent again."""
        self._stopping = True
        self._wake.set()

    async def send_due(self) -> int:
        """Lease and handle one batch of due mails; returns how many it held."""
        now = self._clock.now()
        if not await self._database.read(in_session(lambda s: repository.any_due(s, now))):
            return 0

        def lease(session: Session) -> list[DueMail]:
            repository.give_up_lost(session, now)
            return repository.lease_due(session, now, LEASE_S, _BATCH)

        due = await self._database.write(in_session(lease))
        await asyncio.gather(*(self._handle(mail) for mail in due))
        return len(due)

    async def _handle(self, mail: DueMail) -> None:
        now = self._clock.now()
        if mail.state not in ("open", "used") or not mail.address:
            await self._finish(mail, "withheld", None)
            return
        if self._transport is None:
            await self._finish(mail, "undeliverable", "no_mail_configured")
            return
        if now >= mail.expires_at or mail.state == "used":
            await self._finish(mail, "failed", "expired")
            return
        try:
            message = await self._render(mail, mail.address, now)
            await asyncio.to_thread(self._transport.send, message)
        except Temporary as error:
            await self._try_again(mail, error, now)
        except UnknownOutcome as error:
            await self._finish(mail, "unknown", error.code)
        except (Permanent, ValueError, IndexError, MessageError) as error:
            await self._finish(mail, "failed", getattr(error, "code", "bad_address"))
        except Exception as error:
            log.error("mail_failed", mail=mail.id, exc_info=error)
            await self._finish(mail, "unknown", "surprise")
        else:
            await self._finish(mail, "sent", None)

    async def _render(self, mail: DueMail, address: str, now: float) -> EmailMessage:
        if mail.challenge_id is None:
            return await self._render_letter(mail, address, now)
        return texts.code_mail(
            language=mail.language,
            first_name=mail.first_name,
            address=address,
            code=self._codes.of(mail.challenge_id, mail.conversation, mail.purpose),
            minutes=max(1, round((mail.expires_at - now) / 60)),
            sender=self._settings.mail_from,
            company=self._settings.company,
            mail_id=mail.id,
            now=now,
            voice=self._settings.voice,
        )

    async def _render_letter(self, mail: DueMail, address: str, now: float) -> EmailMessage:
        house = House(
            self._settings.company, self._settings.company_address, self._settings.company_vat
        )
        letter = await self._database.read(
            in_session(lambda session: letters.written(session, mail, house))
        )
        return texts.mail(
            language=mail.language,
            address=address,
            subject=letter.subject,
            text=letter.text,
            sender=self._settings.mail_from,
            mail_id=mail.id,
            now=now,
        )

    async def _try_again(self, mail: DueMail, error: AscoltoError, now: float) -> None:
        wait = error.retry_after or _BACKOFF_S[min(mail.attempts, len(_BACKOFF_S)) - 1]
        log.warning("mail_delayed", mail=mail.id, code=error.code, attempt=mail.attempts)
        if now + wait >= mail.expires_at:
            await self._finish(mail, "failed", error.code)
            return
        await self._database.write(
            in_session(lambda s: repository.retry_later(s, mail, error.code, now + wait))
        )

    async def _finish(self, mail: DueMail, state: str, problem: str | None) -> None:
        log.info("mail_finished", mail=mail.id, state=state, problem=problem)
        now = self._clock.now()
        await self._database.write(
            in_session(lambda session: repository.finish(session, mail, state, problem, now))
        )
