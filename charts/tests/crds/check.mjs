// Reads an array of objects from standard input and prints what their schemas say against them: one line each, as `index: where: what`.
// An object whose kind is not known here is an error, so that nothing passes by not being looked at.
import { text } from 'node:stream/consumers';

const KINDS = {
  'argoproj.io/v1alpha1/Rollout': 'argo-rollouts',
  'bitnami.com/v1alpha1/SealedSecret': 'sealed-secrets',
  'external-secrets.io/v1/ExternalSecret': 'external-secrets',
  'external-secrets.io/v1/SecretStore': 'external-secrets',
  'gateway.networking.k8s.io/v1/HTTPRoute': 'gateway-api',
  'monitoring.coreos.com/v1/PrometheusRule': 'prometheus-operator',
  'monitoring.coreos.com/v1/ServiceMonitor': 'prometheus-operator',
  'networking.istio.io/v1/VirtualService': 'istio',
};

const problems = [];
for (const [index, object] of JSON.parse(await text(process.stdin)).entries()) {
  const name = `${object.apiVersion}/${object.kind}`;
  const library = KINDS[name];
  if (!library) {
    problems.push(`${index}: ${name} has no schema here`);
    continue;
  }
  const module = await import(`@kubernetes-models/${library}/${name}`);
  try {
    new module[object.kind](object).validate();
  } catch (error) {
    problems.push(`${index}: ${name} ${object.metadata?.name}: ${error.message}`);
  }
}
if (problems.length > 0) console.log(problems.join('\n'));
