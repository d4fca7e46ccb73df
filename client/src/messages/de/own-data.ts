/** German messages of taking one's own data, and of deleting the account. */
import type { deleteAccount as englishDelete, ownData as englishData } from '../en/own-data';

export const ownData: typeof englishData = {
  title: 'Ihre Daten',
  hint: 'Ein ZIP-Archiv mit allem, was dieser Server über Sie gespeichert hat: Konto, Sitzungen, Tokens ohne ihr Geheimnis, Zeilen des Protokolls und Ihre Zeiteinträge aus allen Arbeitsbereichen, als JSON und CSV.',
  request: 'Archiv anfordern',
  again: 'Neues Archiv anfordern',
  pending: 'Das Archiv wird geschrieben. Sie können diese Seite verlassen.',
  pendingMail:
    'Das Archiv wird geschrieben. Sie können diese Seite verlassen; eine E-Mail sagt Ihnen, wenn es fertig ist.',
  ready: (size, time) => `Das Archiv ist fertig (${size}). Herunterladen können Sie es bis ${time}.`,
  failed: 'Das Archiv wurde nicht geschrieben, weil es größer als 256 MiB wäre. Fragen Sie die Verwaltung.',
  next: (time) => `Ein neues Archiv können Sie ab ${time} anfordern.`,
  download: 'Archiv herunterladen',
  notDownloaded: 'Das Archiv konnte nicht heruntergeladen werden',
  gone: 'Das Archiv gibt es nicht mehr. Fordern Sie ein neues an.',
};

export const deleteAccount: typeof englishDelete = {
  title: 'Konto löschen',
  hint: 'Eine Woche lang können Sie es sich anders überlegen.',
  more: 'Konto löschen …',
  question: 'Ihr Konto löschen?',
  loading: 'Was gelöscht wird, wird geladen',
  lead: 'In einer Woche wird Ihr Konto gelöscht, mit Name, E-Mail-Adresse, Tokens und Sitzungen. Bis dahin können Sie das rückgängig machen. Alle anderen Sitzungen enden sofort.',
  stays:
    'In diesen Arbeitsbereichen bleiben Ihre Zeiteinträge erhalten, ohne Ihren Namen, als die eines früheren Mitglieds:',
  deleted:
    'Diese Arbeitsbereiche werden mit ihrem ganzen Inhalt gelöscht, weil außer Ihnen niemand darin ist:',
  needsOwner:
    'In diesen Arbeitsbereichen hätte niemand mehr die Rolle „Eigentum“. Geben Sie sie vorher einem anderen Mitglied:',
  lastAdministrator:
    'Nur Sie gehören zur Verwaltung dieser Installation. Nehmen Sie vorher ein anderes Konto auf.',
  submit: 'Mein Konto löschen',
  due: (time) => `Ihr Konto wird am ${time} gelöscht.`,
  dueHint: 'Bis dahin bleibt alles wie bisher.',
  undo: 'Mein Konto behalten',
  undone: 'Ihr Konto bleibt.',
  notUndone: 'Die Löschung konnte nicht zurückgenommen werden',
  menu: (day) => `Konto wird am ${day} gelöscht`,
};
