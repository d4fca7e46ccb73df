/** The account that a form is about: password managers look for it beside the password. */
export function Username({ value }: { value: string | null }) {
  return value === null ? null : (
    <input type="text" name="username" autoComplete="username" value={value} readOnly hidden />
  );
}
