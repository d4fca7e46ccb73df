import { useQuery } from '@tanstack/react-query';
import { meQuery } from './me';
import { mayRole, type Capability } from './roles';

/** What the user may do in the workspace: controls for anything else are not shown. */
export function useMay(): (capability: Capability) => boolean {
  const role = useQuery(meQuery).data?.role;
  return (capability) => mayRole(role, capability);
}
