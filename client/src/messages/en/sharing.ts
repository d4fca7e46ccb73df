/** English messages of what reports and entries are shared with: links, calendars and files. */
import { counter } from '../plural';

const n = counter('en');

export const reportLinks = {
  title: (report: string) => `Links to ${report}`,
  hint: 'Everyone who has a link sees this report, without an account and without amounts, with what you may see at that moment.',
  loading: 'Loading the links',
  none: 'No links yet.',
  list: 'Links',
  new: 'New link',
  made: (day: string) => `Created ${day}`,
  ends: (day: string) => `ends ${day}`,
  ended: (day: string) => `ended ${day}`,
  neverEnds: 'never ends',
  hasPassword: 'with password',
  end: 'End',
  endLong: (day: string) => `End the link created ${day}`,
  endTitle: 'End this link?',
  endHint: 'It opens nothing from now on. This cannot be undone, but you can create another link.',
  endConfirm: 'End the link',
  hasEnded: 'Link ended',
  lifetime: 'Ends',
  days: (days: number) => n(days, { one: 'After # day', other: 'After # days' }),
  never: 'Never',
  neverHint: 'The link works until you end it.',
  protect: 'Ask for a password',
  protectHint: 'Tell visitors the password by another way than the link.',
  create: 'Create the link',
  madeTitle: 'Link created',
  madeHint: 'Copy it now. It is not shown again.',
  url: 'Address of the shared report',
  copy: 'Copy the link',
  done: 'Done',
};

export const sharedReport = {
  title: 'Shared report',
  opening: 'Opening the report',
  passwordTitle: 'This report has a password',
  passwordHint: 'You get it from the person who sent you the link.',
  open: 'Open the report',
  badTitle: "This link doesn't work",
  bad: 'It was ended, has expired, or was not copied whole. Ask the person who sent it for a new one.',
  incomplete: 'It was not copied whole: the part after “#” is missing. Copy it again.',
  failedTitle: "This report can't be shown",
  none: 'No time in this report',
  noneHint: 'Nothing was tracked in its range yet.',
  zone: (zone: string) => `Time zone ${zone}`,
  zoneOfMembers: 'Each member’s own time zone',
  asOf: (time: string) => `As of ${time}`,
};

export const calendarFeed = {
  title: 'Calendar feed',
  hint: 'A secret address with which a calendar app shows your own entries of the last 90 days in this workspace. A running entry appears once it has ended.',
  loading: 'Loading the calendar feed',
  none: 'You have no calendar feed.',
  since: (time: string) => `The address was created ${time}.`,
  create: 'Create an address',
  renew: 'Create a new address',
  renewTitle: 'Create a new address?',
  renewHint: 'The present address stops working, and calendars that use it show nothing new.',
  revoke: 'Revoke',
  revokeTitle: 'Revoke the calendar feed?',
  revokeHint: 'Its address stops working, and calendars that use it show nothing new.',
  revokeConfirm: 'Revoke the address',
  revoked: 'Calendar feed revoked',
  madeTitle: 'Address of your calendar feed',
  madeHint:
    'Copy it now, and subscribe to it in your calendar app. It is not shown again. Everyone who has it sees your entries.',
  url: 'Address of the calendar feed',
  copy: 'Copy the address',
};

export const pdf = {
  title: 'Export as PDF',
  paper: 'Paper',
  papers: { a4: 'A4', letter: 'Letter' },
  language: 'Language',
  languages: { en: 'English', de: 'German' },
  signatures: 'Lines for signatures',
  signaturesHint: 'At the end, for contractor and client.',
  submit: 'Export',
};
