const SECRET = 'lk_sk_(?:dev|stg|prod)_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}';
// In the right format but with a wrong checksum, so no scanner reports it.
const SAMPLE = `lk_sk_prod_${'A1b2'.repeat(4)}_${'c3D4'.repeat(12)}e`;

/** Patterns of secret keys for other tools. They can't verify the checksum, so their findings need a review. */
export const PATTERNS = {
  regex: `${SECRET}\n`,
  gitleaks: `# .gitleaks.toml: adds Latchkey secret keys to the default rules
[extend]
useDefault = true

[[rules]]
id = "latchkey-secret-key"
description = "Latchkey secret key. Revoke it and create a new one."
regex = '''${SECRET}'''
keywords = ["lk_sk_"]
tags = ["latchkey", "api-key"]
`,
  github: `GitHub: Settings > Code security > Secret scanning > New pattern

Pattern name
  Latchkey secret key

Secret format
  ${SECRET}

Before secret
  \\A|[^0-9A-Za-z_]

After secret
  \\z|[^0-9A-Za-z]

Test string
  LATCHKEY_SECRET_KEY=${SAMPLE}
`,
};
