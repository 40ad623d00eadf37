"""The memory storage as one object."""

from adapters.memory.admitting import MemoryAdmittingFeeds
from adapters.memory.appeals import MemoryAppealFeeds
from adapters.memory.bookmarks import MemoryBookmarkFeeds
from adapters.memory.cases import MemoryCaseFeeds
from adapters.memory.comments import MemoryCommentFeeds
from adapters.memory.credentials import MemoryCredentialFeeds
from adapters.memory.deleting import MemoryDeletedFeeds
from adapters.memory.flasky import MemoryFlaskyFeeds
from adapters.memory.following import MemoryFollowFeeds
from adapters.memory.invitations import MemoryInvitationFeeds
from adapters.memory.leaving import MemoryArchiveFeeds
from adapters.memory.liking import MemoryLikeFeeds
from adapters.memory.limits import MemoryLimits
from adapters.memory.members import MemoryMemberFeeds
from adapters.memory.mentions import MemoryMentionFeeds
from adapters.memory.moderation import MemoryModerationFeeds
from adapters.memory.muting import MemoryMuteFeeds
from adapters.memory.notifications.feeds import MemoryNotificationFeeds
from adapters.memory.outbox import MemoryOutboxFeeds
from adapters.memory.overview import MemoryOverviewFeeds
from adapters.memory.people import MemoryPeopleFeeds
from adapters.memory.persons import MemoryPersonFeeds
from adapters.memory.pictures import MemoryPictureFeeds
from adapters.memory.posts import MemoryPostFeeds
from adapters.memory.preferences import MemoryPreferenceFeeds
from adapters.memory.sanctions import MemorySanctionFeeds
from adapters.memory.searching import MemorySearchFeeds
from adapters.memory.sessions import MemorySessionFeeds
from adapters.memory.site import MemorySiteFeeds
from adapters.memory.store import Store
from adapters.memory.tags import MemoryTagFeeds
from adapters.memory.unit_of_work import MemoryUnitOfWork
from application.storage import Pulse, Storage


def memory_storage(store: Store | None = None) -> Storage:
    """Uses `store`, or a new one."""
    kept = Store() if store is None else store
    outbox_feeds = MemoryOutboxFeeds(kept)

    def unit_of_work(*, reading: bool = False, patient: bool = True) -> MemoryUnitOfWork:  # noqa: ARG001
        return MemoryUnitOfWork(kept, seconds=None if patient else 0)

    return Storage(
        unit_of_work=unit_of_work,
        post_feeds=MemoryPostFeeds(kept),
        tag_feeds=MemoryTagFeeds(kept),
        picture_feeds=MemoryPictureFeeds(kept),
        comment_feeds=MemoryCommentFeeds(kept),
        like_feeds=MemoryLikeFeeds(kept),
        bookmark_feeds=MemoryBookmarkFeeds(kept),
        people_feeds=MemoryPeopleFeeds(kept),
        follow_feeds=MemoryFollowFeeds(kept),
        mute_feeds=MemoryMuteFeeds(kept),
        preference_feeds=MemoryPreferenceFeeds(kept),
        mention_feeds=MemoryMentionFeeds(kept),
        member_feeds=MemoryMemberFeeds(kept),
        admitting_feeds=MemoryAdmittingFeeds(kept),
        invitation_feeds=MemoryInvitationFeeds(kept),
        moderation_feeds=MemoryModerationFeeds(kept),
        sanction_feeds=MemorySanctionFeeds(kept),
        person_feeds=MemoryPersonFeeds(kept),
        appeal_feeds=MemoryAppealFeeds(kept),
        case_feeds=MemoryCaseFeeds(kept),
        deleted_feeds=MemoryDeletedFeeds(kept),
        notification_feeds=MemoryNotificationFeeds(kept),
        search_feeds=MemorySearchFeeds(kept),
        session_feeds=MemorySessionFeeds(kept),
        credential_feeds=MemoryCredentialFeeds(kept),
        archive_feeds=MemoryArchiveFeeds(kept),
        outbox_feeds=outbox_feeds,
        flasky_feeds=MemoryFlaskyFeeds(kept),
        site_feeds=MemorySiteFeeds(kept),
        overview_feeds=MemoryOverviewFeeds(kept),
        limits=MemoryLimits(),
        ping=lambda: Pulse(oldest_due_at=outbox_feeds.oldest_due_at()),
        close=lambda: None,
    )
