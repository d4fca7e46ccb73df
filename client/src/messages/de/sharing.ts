/** German messages of what reports and entries are shared with: links, calendars and files. */
import type {
  calendarFeed as englishFeed,
  pdf as englishPdf,
  reportLinks as englishLinks,
  sharedReport as englishShared,
} from '../en/sharing';
import { counter } from '../plural';

const n = counter('de');

export const reportLinks: typeof englishLinks = {
  title: (report) => `Links zu ${report}`,
  hint: 'Wer einen Link hat, sieht diesen Bericht ohne Konto und ohne Beträge, mit dem, was Sie dann gerade sehen dürfen.',
  loading: 'Links werden geladen',
  none: 'Noch keine Links.',
  list: 'Links',
  new: 'Neuer Link',
  made: (day) => `Angelegt am ${day}`,
  ends: (day) => `endet am ${day}`,
  ended: (day) => `endete am ${day}`,
  neverEnds: 'endet nie',
  hasPassword: 'mit Passwort',
  end: 'Beenden',
  endLong: (day) => `Den Link vom ${day} beenden`,
  endTitle: 'Diesen Link beenden?',
  endHint:
    'Er öffnet ab sofort nichts mehr. Das lässt sich nicht rückgängig machen, aber Sie können einen neuen anlegen.',
  endConfirm: 'Link beenden',
  hasEnded: 'Link beendet',
  lifetime: 'Endet',
  days: (days) => n(days, { one: 'Nach # Tag', other: 'Nach # Tagen' }),
  never: 'Nie',
  neverHint: 'Der Link gilt, bis Sie ihn beenden.',
  protect: 'Nach einem Passwort fragen',
  protectHint: 'Teilen Sie das Passwort auf einem anderen Weg mit als den Link.',
  create: 'Link anlegen',
  madeTitle: 'Link angelegt',
  madeHint: 'Kopieren Sie ihn jetzt. Er wird nicht noch einmal angezeigt.',
  url: 'Adresse des geteilten Berichts',
  copy: 'Link kopieren',
  done: 'Fertig',
};

export const sharedReport: typeof englishShared = {
  title: 'Geteilter Bericht',
  opening: 'Der Bericht wird geöffnet',
  passwordTitle: 'Dieser Bericht hat ein Passwort',
  passwordHint: 'Sie bekommen es von der Person, die Ihnen den Link geschickt hat.',
  open: 'Bericht öffnen',
  badTitle: 'Dieser Link funktioniert nicht',
  bad: 'Er wurde beendet, ist abgelaufen oder nicht vollständig kopiert. Bitten Sie die Person, die ihn geschickt hat, um einen neuen.',
  incomplete: 'Er ist nicht vollständig kopiert: Der Teil nach „#“ fehlt. Kopieren Sie ihn noch einmal.',
  failedTitle: 'Dieser Bericht lässt sich nicht zeigen',
  none: 'Keine Zeit in diesem Bericht',
  noneHint: 'In seinem Zeitraum wurde noch nichts erfasst.',
  zone: (zone) => `Zeitzone ${zone}`,
  zoneOfMembers: 'Zeitzone des jeweiligen Mitglieds',
  asOf: (time) => `Stand: ${time}`,
};

export const calendarFeed: typeof englishFeed = {
  title: 'Kalender-Abo',
  hint: 'Eine geheime Adresse, mit der eine Kalender-App Ihre eigenen Einträge der letzten 90 Tage aus diesem Arbeitsbereich zeigt. Ein laufender Eintrag erscheint, sobald er beendet ist.',
  loading: 'Das Kalender-Abo wird geladen',
  none: 'Sie haben kein Kalender-Abo.',
  since: (time) => `Die Adresse wurde am ${time} angelegt.`,
  create: 'Adresse anlegen',
  renew: 'Neue Adresse anlegen',
  renewTitle: 'Eine neue Adresse anlegen?',
  renewHint:
    'Die bisherige Adresse gilt dann nicht mehr, und Kalender, die sie benutzen, zeigen nichts Neues.',
  revoke: 'Widerrufen',
  revokeTitle: 'Das Kalender-Abo widerrufen?',
  revokeHint: 'Die Adresse gilt dann nicht mehr, und Kalender, die sie benutzen, zeigen nichts Neues.',
  revokeConfirm: 'Adresse widerrufen',
  revoked: 'Kalender-Abo widerrufen',
  madeTitle: 'Adresse Ihres Kalender-Abos',
  madeHint:
    'Kopieren Sie sie jetzt, und abonnieren Sie sie in Ihrer Kalender-App. Sie wird nicht noch einmal angezeigt. Wer sie hat, sieht Ihre Einträge.',
  url: 'Adresse des Kalender-Abos',
  copy: 'Adresse kopieren',
};

export const pdf: typeof englishPdf = {
  title: 'Als PDF exportieren',
  paper: 'Papier',
  papers: { a4: 'A4', letter: 'Letter' },
  language: 'Sprache',
  languages: { en: 'Englisch', de: 'Deutsch' },
  signatures: 'Zeilen für Unterschriften',
  signaturesHint: 'Am Ende, für Auftragnehmer und Auftraggeber.',
  submit: 'Exportieren',
};
