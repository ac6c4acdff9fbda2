const SECRET = 'lk_sk_(?:dev|stg|prod)_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}';
// Of the right shape and with a wrong checksum, so that no scanner takes it for a key.
const SAMPLE = `lk_sk_prod_${'A1b2'.repeat(4)}_${'c3D4'.repeat(12)}e`;

/** The pattern of secret keys for other tools. They can't check the checksum: use it for what is shown to a person. */
export const PATTERNS = {
  regex: `${SECRET}\n`,
  gitleaks: `# .gitleaks.toml: Latchkey secret keys, on top of the rules that come with gitleaks
[extend]
useDefault = true

[[rules]]
id = "latchkey-secret-key"
description = "Latchkey secret key: revoke it and make a new one"
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
