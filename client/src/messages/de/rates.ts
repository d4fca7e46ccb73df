/** German messages of currencies and rates. */
import type { budgets as englishBudgets, money as englishMoney, rates as english } from '../en/rates';

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
  changeOne: (target) => `Stundensatz ändern: ${target}`,
  deleteOne: (target) => `Stundensatz löschen: ${target}`,
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
  ended: 'kein Satz',
  end: 'Satz beenden',
  endHint: 'Was vorher galt, endet, und kein anderer Satz tritt an seine Stelle.',
  from: 'Ab',
  fromHint: 'Leer gilt für alle Zeit. Ein Tag in der Vergangenheit ändert Beträge der Vergangenheit.',
  always: 'immer',
};

/** German messages of budgets. */
export const budgets: typeof englishBudgets = {
  title: 'Budgets',
  loading: 'Budgets werden geladen',
  none: 'Noch keine Budgets',
  noneHint:
    'Ein Budget zeigt, wie viel der geplanten Zeit oder des Geldes verbraucht ist, insgesamt oder je Monat.',
  new: 'Neues Budget',
  change: 'Budget ändern',
  changeOne: (name) => `Budget ${name} ändern`,
  delete: 'Budget löschen',
  deleteOne: (name) => `Budget ${name} löschen`,
  deleteHint: 'Seine Warnungen werden mitgelöscht. Zeiten und Beträge bleiben.',
  saved: 'Budget gespeichert',
  measure: 'Budget für',
  measures: { time: 'Zeit', money: 'Geld' },
  period: 'Zeitraum',
  periods: { total: 'Insgesamt', month: 'Je Monat' },
  hours: 'Stunden',
  hoursHint: 'Etwa 120 oder 37:30.',
  noHours: 'Bitte Stunden eingeben, etwa 120 oder 37:30.',
  amount: 'Betrag',
  amountHint: 'In der Währung des Kunden, etwa 5000.',
  alerts: 'Warnen bei Prozent',
  alertsHint: 'Bis zu zehn, etwa 80, 100. Leer: keine Warnung.',
  noPercents: 'Bitte ganze Zahlen eingeben, etwa 80, 100.',
  ofAll: (size) => `${size} insgesamt`,
  ofMonth: (size) => `${size} je Monat`,
  ofProject: (size, project) => `${project}: ${size}`,
  percent: (percent) => `${percent} %`,
  used: (size) => `verbraucht (${size})`,
  left: (size) => `noch ${size}`,
  over: (size) => `${size} über dem Budget`,
  forecast: (size, percent) => `Bei diesem Tempo am Monatsende ${size} (${percent} %)`,
  alertAt: (percent) => `Warnung bei ${percent} %`,
  alertReached: (percent, day) => `${percent} % erreicht am ${day}`,
};

/** German messages of what a project or a client is worth. */
export const money: typeof englishMoney = {
  currencyHint: 'Die Beträge dieses Kunden sind in dieser Währung.',
  currencyOfWorkspace: (currency) => `Wie der Arbeitsbereich (${currency})`,
  noCurrency: 'Wie der Arbeitsbereich, der keine hat',
  price: 'Festpreis',
  priceIn: (currency) => `Festpreis in ${currency}`,
  priceHint:
    'Was das Projekt als Ganzes wert ist. Seine Stunden haben dann keine Beträge. Leer: nach Stunden.',
  priceSaved: 'Preis gespeichert',
};
