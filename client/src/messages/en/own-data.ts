/** English messages of taking one's own data, and of deleting the account. */

export const ownData = {
  title: 'Your data',
  hint: 'A ZIP archive of what this server has about you: your account, sessions, tokens without their secrets, lines of the audit log, and your time entries in all workspaces, as JSON and CSV.',
  request: 'Request the archive',
  again: 'Request a new archive',
  pending: 'The archive is being written. You can leave this page.',
  pendingMail: "The archive is being written. You can leave this page: an e-mail tells you when it's ready.",
  ready: (size: string, time: string) => `The archive is ready (${size}). You can download it until ${time}.`,
  failed: 'The archive was not written, because it would be larger than 256 MiB. Ask the administrator.',
  next: (time: string) => `You can request a new archive from ${time}.`,
  download: 'Download the archive',
  notDownloaded: "Couldn't download the archive",
  gone: 'The archive is gone. Request a new one.',
};

export const deleteAccount = {
  title: 'Delete your account',
  hint: 'For a week, you can change your mind.',
  more: 'Delete account…',
  question: 'Delete your account?',
  loading: 'Loading what is deleted',
  lead: 'Your account will be deleted in a week, with your name, e-mail address, tokens and sessions. Until then you can undo this. All your other sessions end now.',
  stays: 'Your time entries stay in these workspaces, without your name, as those of a former member:',
  deleted: 'These workspaces are deleted with everything in them, because you are their only member:',
  needsOwner: 'These workspaces would have no owner. Make another member an owner first:',
  lastAdministrator:
    'You are the only administrator of this installation. Make another user an administrator first.',
  submit: 'Delete my account',
  due: (time: string) => `Your account will be deleted on ${time}.`,
  dueHint: 'Until then, everything works as before.',
  undo: 'Keep my account',
  undone: 'Your account stays.',
  notUndone: "Couldn't undo the deletion",
  menu: (day: string) => `Account will be deleted on ${day}`,
};
