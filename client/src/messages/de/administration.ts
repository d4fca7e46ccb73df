/** German messages of the administration of an installation. */
import { counter } from '../plural';
import type { Account } from '../en/account';

const n = counter('de');

export const administration: Account['administration'] = {
  title: 'Verwaltung',
  notYours: 'Nur die Verwaltung dieser Installation sieht ihre Konten und Hintergrundaufgaben.',
  users: {
    title: 'Konten',
    hint: 'Alle, die auf diesem Server ein Konto haben. Ihre erfassten Zeiten stehen hier nicht.',
    loading: 'Konten werden geladen',
    search: 'Konto nach Name oder Adresse suchen',
    none: 'Kein Konto hat das im Namen oder in der Adresse.',
    you: 'Sie',
    administrator: 'Verwaltung',
    disabled: 'Gesperrt',
    noEmail: 'ohne Adresse',
    workspaces: (count) =>
      count === 0
        ? 'in keinem Arbeitsbereich'
        : n(count, { one: 'in # Arbeitsbereich', other: 'in # Arbeitsbereichen' }),
    since: (day) => `seit ${day}`,
    seen: (time) => `zuletzt da ${time}`,
    notSignedIn: 'nicht angemeldet',
    secondFactor: 'Anmeldung in zwei Schritten',
    singleSignOn: 'Single Sign-on',
    deletion: (day) => `wird am ${day} gelöscht`,
    more: 'Weitere Konten',
    menu: (name) => `Aktionen für das Konto von ${name}`,
    makeAdministrator: 'In die Verwaltung aufnehmen',
    takeAdministrator: 'Aus der Verwaltung entlassen',
    makeTitle: (name) => `${name} in die Verwaltung aufnehmen?`,
    makeHint:
      'Die Verwaltung sperrt Konten, erstellt Links für neue Passwörter und nimmt weitere Personen auf. Fremde Zeiten sieht sie dadurch nicht.',
    takeTitle: (name) => `${name} aus der Verwaltung entlassen?`,
    takeHint: 'Das Konto und seine Arbeitsbereiche bleiben, wie sie sind.',
    takeOwn: 'Nur jemand anderes aus der Verwaltung kann Sie wieder aufnehmen.',
    made: (name) => `${name} gehört jetzt zur Verwaltung`,
    taken: (name) => `${name} gehört nicht mehr zur Verwaltung`,
    disable: 'Konto sperren',
    disableTitle: (name) => `Konto von ${name} sperren?`,
    disableHint:
      'Niemand kann sich mehr damit anmelden, die Sitzungen enden, der Timer stoppt, Tokens und Links gelten nicht mehr. Einträge und Mitgliedschaften bleiben, und Sie können das Konto wieder freigeben.',
    done: (name) => `Das Konto von ${name} ist gesperrt`,
    enable: 'Konto freigeben',
    enabled: (name) => `Das Konto von ${name} kann wieder genutzt werden`,
    reset: 'Link für ein neues Passwort',
    resetMailed: (name) => `Ein Link für ein neues Passwort ist unterwegs an ${name}`,
    resetTitle: (name) => `Geben Sie diesen Link an ${name} weiter`,
    resetHint:
      'Dieser Server verschickt keine Mail. Der Link steht nur jetzt hier. Er gilt einmal, innerhalb einer Stunde, für alle, die ihn haben.',
    resetLabel: 'Link für ein neues Passwort',
    resetCopy: 'Link kopieren',
  },
  jobs: {
    title: 'Hintergrundaufgaben',
    hint: 'Was der Server im Hintergrund erledigt, zum Beispiel E-Mails verschicken. Scheitert eine Aufgabe, versucht er sie mehrmals. Nach dem letzten Versuch steht sie 30 Tage hier; Sie können sie noch einmal starten oder löschen.',
    loading: 'Aufgaben werden geladen',
    none: 'Es wartet keine Aufgabe, und keine ist gescheitert.',
    list: 'Hintergrundaufgaben',
    kinds: {
      send_mail: 'E-Mail verschicken',
      send_report: 'Geplanten Bericht verschicken',
      export_data: 'Archiv mit den Daten eines Kontos erstellen',
      claim_placeholder: 'Importierte Einträge einem Mitglied zuordnen',
      erase_account: 'Konto löschen',
      erase_workspace: 'Arbeitsbereich löschen',
      forget_dead_jobs: 'Alte gescheiterte Aufgaben löschen',
    },
    states: { dead: 'Gescheitert', running: 'Läuft', waiting: 'Wartet' },
    due: (time) => `fällig ${time}`,
    attempts: (count) => n(count, { one: '# Versuch', other: '# Versuche' }),
    reload: 'Aktualisieren',
    retry: 'Noch einmal',
    retryLong: (kind, time) => `Aufgabe „${kind}“ vom ${time} noch einmal versuchen`,
    retried: 'Die Aufgabe wird noch einmal versucht',
    delete: 'Aufgabe löschen',
    deleteLong: (kind, time) => `Aufgabe „${kind}“ vom ${time} löschen`,
    deleteTitle: (kind) => `Aufgabe „${kind}“ löschen?`,
    deleteHint: 'Der Server erledigt diese Aufgabe dann nicht mehr. Das lässt sich nicht rückgängig machen.',
    deleted: 'Aufgabe gelöscht',
  },
};
