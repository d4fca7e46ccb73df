import { getRouteApi, useNavigate, useRouter } from '@tanstack/react-router';
import { SignInPage } from '@/features/account/components/sign-in-page';

const route = getRouteApi('/sign-in');

/** The sign-in page, by what its URL says. */
export function SignInScreen() {
  const { to = '/', error } = route.useSearch();
  const { history, basepath } = useRouter();
  const navigate = useNavigate();
  return (
    <SignInPage
      place={to}
      {...(error ? { error } : {})}
      onSetup={() => void navigate({ to: '/setup', replace: true })}
      onSignedIn={() => history.replace(basepath.replace(/\/$/, '') + to)}
    />
  );
}
