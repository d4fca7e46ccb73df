/** German messages of currencies and rates. */
import type { rates as english } from '../en/rates';

export const rates: typeof english = {
  title: 'Währung und Stundensätze',
  loading: 'Stundensätze werden geladen',
  currency: 'Währung',
  currencyHint:
    'Beträge brauchen eine Währung. Eine andere Währung ändert die Zahlen der Sätze und Preise nicht.',
  noCurrency: 'Keine Währung, keine Beträge',
  currencySaved: 'Währung gespeichert',
  rates: 'Sätze je Stunde',
  precedence:
    'Es gilt der erste Satz, den es am Tag der Arbeit gibt: Mitglied im Projekt, Kategorie oder die nächste darüber, Projekt, Kunde, Mitglied, Arbeitsbereich.',
  none: 'Noch keine Stundensätze',
  noneHint: 'Abrechenbare Zeit hat einen Betrag, sobald ein Satz für sie gilt.',
  new: 'Neuer Stundensatz',
  change: 'Stundensatz ändern',
  changeOne: (target) => `Stundensatz von ${target} ändern`,
  deleteOne: (target) => `Stundensatz von ${target} löschen`,
  delete: 'Stundensatz löschen',
  deleteHint: 'Beträge der Zeit, für die dieser Satz galt, ändern sich, auch in der Vergangenheit.',
  saved: 'Stundensatz gespeichert',
  kind: 'Art',
  kinds: { billable: 'Abrechenbar', cost: 'Kosten' },
  kindHint:
    'Kosten sind, was Mitglieder kosten, für den Gewinn. Es gibt sie je Mitglied oder für den Arbeitsbereich.',
  target: 'Gilt für',
  targets: {
    workspace: 'Arbeitsbereich',
    client: 'Kunde',
    project: 'Projekt',
    category: 'Kategorie',
    member: 'Mitglied',
    projectMember: 'Mitglied in einem Projekt',
  },
  inProject: (member, project) => `${member} in ${project}`,
  unknown: 'Unbekannt',
  choose: 'Auswählen …',
  hourly: 'Je Stunde',
  hourlyHint: 'Bis zu vier Stellen nach dem Komma, etwa 85,50.',
  ended: 'ab dann keiner',
  from: 'Ab',
  fromHint: 'Leer gilt für alle Zeit. Ein Tag in der Vergangenheit ändert Beträge der Vergangenheit.',
  always: 'immer',
};
