/** A word about what it stands beside, such as "you". */
export function Badge({ children }: { children: string }) {
  return (
    <span className="rounded-md bg-accent px-1.5 py-0.5 text-xs font-medium text-accent-foreground">
      {children}
    </span>
  );
}
