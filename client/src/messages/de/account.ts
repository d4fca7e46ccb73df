/** German messages of the pages of signing in, accounts and members. */
import type { Account } from '../en/account';
import { counter } from '../plural';

const n = counter('de');

export const account: Account = {
  auth: {
    email: 'E-Mail-Adresse',
    password: 'Passwort',
    newPassword: 'Neues Passwort',
    passwordHint: 'Mindestens 12 Zeichen, und nicht leicht zu erraten.',
    showPassword: 'Passwort anzeigen',
    hidePassword: 'Passwort verbergen',
    loading: 'Wird geladen',
    back: 'Zurück zur Anmeldung',
    or: 'oder',
    wait: (time) => `Erneut versuchen können Sie es in ${time}.`,
  },
  signIn: {
    title: 'Anmelden',
    submit: 'Anmelden',
    ended:
      'Ihre Sitzung ist beendet. Melden Sie sich an, um dort weiterzumachen, wo Sie waren. Ihre Eingaben für den Timer bleiben erhalten.',
    signedOut: 'Sie sind abgemeldet.',
    forgot: 'Passwort vergessen?',
    with: (provider) => `Weiter mit ${provider}`,
    noWay: 'Auf diesem Server gibt es weder Passwörter noch Single Sign-on. Fragen Sie die Administration.',
    codeTitle: 'Anmeldung in zwei Schritten',
    codeHint: (email) => `Anmeldung als ${email}`,
    code: 'Code Ihrer Authenticator-App',
    recoveryCode: 'Wiederherstellungscode',
    useRecovery: 'Wiederherstellungscode verwenden',
    useApp: 'Code der App verwenden',
    otherAccount: 'Mit einem anderen Konto anmelden',
  },
  setup: {
    title: 'Clockwork einrichten',
    intro:
      'Legen Sie das Konto für die Administration an. Ihm gehört der Arbeitsbereich mit allem, was darin schon ist.',
    token: 'Einrichtungs-Token',
    tokenTitle: 'Wo steht das Token?',
    tokenLog: 'Der Server schreibt es beim Start in sein Protokoll, hinter „no administrator yet“.',
    tokenCommand: 'Dieser Befehl gibt ein neues aus. Führen Sie ihn dort aus, wo der Server läuft:',
    name: 'Ihr Name',
    submit: 'Konto anlegen',
    checking: 'Server wird geprüft',
    withProvider:
      'Auf diesem Server meldet man sich über Single Sign-on an. Geben Sie das Token ein, und machen Sie dann mit Ihrem Anbieter weiter.',
  },
  forgot: {
    title: 'Passwort vergessen?',
    hint: 'Geben Sie Ihre Adresse ein. Gibt es ein Konto dazu, geht ein Link dorthin, um ein neues Passwort zu wählen.',
    noMail:
      'Dieser Server kann keine E-Mails senden. Bitten Sie die Administration um einen Link: Der Befehl „server reset-link“ erzeugt einen.',
    submit: 'Link senden',
    sentTitle: 'Sehen Sie in Ihr Postfach',
    sent: (email) => `Wenn es ein Konto zu ${email} gibt, ist ein Link dorthin unterwegs.`,
    sentHint:
      'Er gilt einmal und eine Stunde lang. Kommt nichts an, sehen Sie im Spam-Ordner nach, oder prüfen Sie die Adresse.',
  },
  reset: {
    title: 'Neues Passwort wählen',
    hint: 'Sie werden überall abgemeldet und melden sich damit neu an.',
    submit: 'Passwort festlegen',
    doneTitle: 'Passwort geändert',
    done: 'Melden Sie sich mit dem neuen Passwort an.',
    badTitle: 'Dieser Link geht nicht',
    bad: 'Er wurde schon benutzt, ist zu alt oder nicht vollständig kopiert.',
    again: 'Neuen Link anfordern',
  },
  confirmAddress: {
    title: 'E-Mail-Adresse bestätigen',
    hint: 'Danach melden Sie sich mit dieser Adresse an.',
    submit: 'Adresse bestätigen',
    doneTitle: 'Adresse bestätigt',
    done: 'Ab jetzt melden Sie sich mit der neuen Adresse an.',
    bad: 'Dieser Link ist unvollständig. Kopieren Sie ihn ganz.',
    onward: 'Zu Clockwork',
  },
  userMenu: {
    label: (name) => `Konto von ${name}`,
    account: 'Konto und Sicherheit',
    members: 'Mitglieder',
    signOut: 'Abmelden',
    workspaces: 'Arbeitsbereiche',
    notSignedOut: 'Sie sind weiterhin angemeldet',
    unsentTitle: 'Abmelden, obwohl Änderungen nicht gesendet sind?',
    unsent: (count) =>
      n(count, {
        one: '# Änderung ist noch nicht gesendet. Sie bleibt in diesem Browser und wird gesendet, wenn Sie sich hier wieder anmelden.',
        other:
          '# Änderungen sind noch nicht gesendet. Sie bleiben in diesem Browser und werden gesendet, wenn Sie sich hier wieder anmelden.',
      }),
  },
};
