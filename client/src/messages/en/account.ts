/** English messages of the pages of signing in, accounts and members. */
import { counter } from '../plural';

const n = counter('en');

export const account = {
  auth: {
    email: 'E-mail address',
    password: 'Password',
    newPassword: 'New password',
    passwordHint: 'At least 12 characters, and not easy to guess.',
    showPassword: 'Show the password',
    hidePassword: 'Hide the password',
    loading: 'Loading',
    back: 'Back to sign-in',
    or: 'or',
    wait: (time: string) => `Try again in ${time}.`,
  },
  signIn: {
    title: 'Sign in',
    submit: 'Sign in',
    ended: 'Your session has ended. Sign in to go on where you were. What you typed for the timer is kept.',
    signedOut: 'You are signed out.',
    forgot: 'Forgot your password?',
    with: (provider: string) => `Continue with ${provider}`,
    noWay: 'This server has neither passwords nor single sign-on. Ask its administrator.',
    codeTitle: 'Two-step sign-in',
    codeHint: (email: string) => `Signing in as ${email}`,
    code: 'Code of your authenticator app',
    recoveryCode: 'Recovery code',
    useRecovery: 'Use a recovery code',
    useApp: 'Use a code of the app',
    otherAccount: 'Sign in as another user',
  },
  setup: {
    title: 'Set up Clockwork',
    intro:
      'Create the account of the first administrator. It owns the workspace, and everything that is in it already.',
    token: 'Set-up token',
    tokenTitle: 'Where is the token?',
    tokenLog: 'The server writes it to its log when it starts, after “no administrator yet”.',
    tokenCommand: 'This command prints a new one. Run it where the server runs:',
    name: 'Your name',
    submit: 'Create the account',
    checking: 'Checking the server',
    withProvider:
      'This server signs users in with single sign-on. Enter the token, then continue with your provider.',
  },
  forgot: {
    title: 'Forgot your password?',
    hint: 'Enter your address. If there is an account with it, a link to choose a new password is sent there.',
    noMail:
      "This server can't send mail. Ask its administrator for a link: the command “server reset-link” makes one.",
    submit: 'Send the link',
    sentTitle: 'Look at your mail',
    sent: (email: string) => `If there is an account with ${email}, a link is on its way there.`,
    sentHint: 'It works once, for an hour. If nothing comes, look in the spam folder, or check the address.',
  },
  reset: {
    title: 'Choose a new password',
    hint: 'You are signed out everywhere, and sign in with it.',
    submit: 'Set the password',
    doneTitle: 'Password changed',
    done: 'Sign in with your new password.',
    badTitle: "This link doesn't work",
    bad: 'It was used before, is too old, or was not copied whole.',
    again: 'Ask for a new link',
  },
  confirmAddress: {
    title: 'Confirm your e-mail address',
    hint: 'From then on you sign in with this address.',
    submit: 'Confirm the address',
    doneTitle: 'Address confirmed',
    done: 'You sign in with the new address from now on.',
    bad: 'This link is not complete. Copy it whole.',
    onward: 'Go to Clockwork',
  },
  userMenu: {
    label: (name: string) => `Account of ${name}`,
    account: 'Account and security',
    members: 'Members',
    signOut: 'Sign out',
    workspaces: 'Workspaces',
    notSignedOut: "You're still signed in",
    unsentTitle: 'Sign out with changes that are not sent?',
    unsent: (count: number) =>
      n(count, {
        one: '# change is not sent yet. It stays in this browser and is sent when you sign in here again.',
        other:
          '# changes are not sent yet. They stay in this browser and are sent when you sign in here again.',
      }),
  },
};

export type Account = typeof account;
