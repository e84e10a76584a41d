/**
 * Begins the names that an account has only once, whichever region asks for them: those of IAM, of CloudFront and of its
 * firewalls. A stage's state is kept in its region, so in another region it is another stage, and needs other names.
 */
export function accountWideName(app: string, stage: string, region: string): string {
  return `${app}-${stage}-${region}`;
}
