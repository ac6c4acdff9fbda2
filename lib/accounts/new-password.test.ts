import { expect, test } from 'vitest';
import { withDb } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import { isCommonPassword } from './common-password.ts';
import { COMMON_PASSWORD_DIGESTS } from './common-passwords.ts';
import { NewPassword, personalWords, refusal } from './new-password.ts';

/** Two hundred entries of the list: keyboard walks, digits and repetitions, without names or addresses. */
const SAMPLE = `
123456789987654321 1qaz2wsx3edc4rfv 123456789123456789 qazwsxedcrfvtgb 123456789qwerty
12345678901234567890 qwerty123456789 12345678987654321 11111111111111111111 123123123123123
1qa2ws3ed4rf5tg 1234qwerasdfzxcv passwordpassword 1234567890qwerty 1234567890987654321
111222333444555 qwertasdfgzxcvb 1234567887654321 111111111111111 zxcvbnm123456789 qwertyuiop12345
420842084208555 123451234512345 1234567890qwertyuiop qwertyuiopasdfg qwertyuiop123456789
12345678qwertyu qwertyuiopasdfghjkl qwertyuiopasdfgh PASSWoRDassword 1234567899876543
123456789123456 1234567812345678 555555555555555 qazwsxedcrfvtgbyhn asdfghjklzxcvbnm asdfghjkl123456
321673216732167 12345qwertasdfg 123456789qwertyu 1234567890QWEASD zxcvbnmasdfghjkl
qwertyuiopasdfghjklzxcvbnm qwerty1234567890 12345678qwertyui 123456789qazwsx zxcvbnm12345678
qwerty123qwerty qwerasdfzxcv1234 987654321987654321 987654321123456789 147258369147258369
123qwe123qwe123 123456789qwertyuiop 1234567890123456789 123456787654321 1111111111111111
ssssssssssssssss qweasdzxc123321 mnbvcxzasdfghjkl aaaaaaaaaaaaaaaaaaaa aaaaaaaaaaaaaaaa
1qaz2wsx3edc4rfv5tgb 1q2w3e4r1q2w3e4r 123qweasdzxc123 123456789zxcvbnm 123456789012345
00000000000000000000 000000000000000 zxcvbnm1234567890 rrrrrrrrrrrrrrrr qwertyuiopzxcvbnm
qwertyuiasdfghjk qwertyasdfghzxcvbn qwerty987654321 Qwerty123456789 qwe9876543211234567
qazwsxedcrfvtgbyhnujm qazwsxedcrfvtgby qaz123wsx456edc bbbbbbbbbbbbbbbb abcdefghijklmnop
aaaaaaaaaaaaaaa 8765432112345678 789456123qwerty 789456123789456123 789456123321654987
4733473347334733 2222222222222222 147258369147258 123qwezxc123asd 123789456123789456 12345qwertyuiop
123456qwertyuiop 1234567891234567 1234567890qwert 1234567890qazwsx 1234567890123456 zxczxczxczxczxc
zxcvbnmlkjhgfdsa uuuuuuuuuuuuuuuu tttttttttttttttt rrrrrrrrrrrrrrr qwertyuiopqwertyuiop
qwertyuioppoiuytrewq Qwertyuiop1234567890 qwertyuiop1234567890 qwertyasdfgh123 qwerasdfzxcvqaz
qwerasdfzxcv123 qweasdzxcrfv123 qweasdzxcqweasdzxc qweasd123456789 qqqqqqqqqqqqqqqqqqqq
qqqqqqqqqqqqqqqq qazwsxedcrfvtgbyhnujmikolp qazwsxedcrfvtgbyhnuj QAZWSXEDCRFVTGB qazwsxedcrfv123
qazwsxedc1234567 qaz123wsx123edc poiuytrewqpoiuytrewq poiuytrewq12345 passwordassword
password123456789 oooooooooooooooooooo mnbvcxzlkjhgfdsa llllllllllllllllll jjjjjjjjjjjjjjjjjjj
gggggggggggggggg fffffffffffffff bbbbbbbbbbbbbbbbbb ASDFGHJKLZXCVBNM asdfgh12345qwert
asd98765432112345678 abcdefghabcdefgh 999888777666555 987654321qwerty 925099250992509
88888888888888888888 8765432187654321 6666666666666666 6158615861586158 4444444444444444
379123791237912 3232323232323232 2wsxzaq12wsxzaq1 2345678998765432 2345678923456789
1qa2ws3ed4rf5tg6yh 1q2w3e4r5t6y7u8i 159753456123789 123qweasdqwe123 1234qwer1234qwer
12345qwertasdfgzxcvb 123456789qwertyuio 123456789qweasdzxc 123456789qweasd 123456789asdfgh
12345678998765432 123456789147258369 123456789123456789123456789 12345678912345678912345678
12345678912345678 1234567890zxcvbnm 1234567890qazws 1234567890asdfgh 123456789098765
12345543211234554321 12344321qwerrewq 123321456654789987 123123456456789789 12121212121212121212
11111111111111111 0000000000000000 zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz zzzzzzzzzzzzzzzzzzzzzzz
zzzzzzzzzzzzzzzzzzzz zzzzzzzzzzzzzzzz zzzzzzzzzzzzzzz zzzzzzzzzzzzzz14 ZZZAAA999000aaa
zz123zz123zz123 ZXCzxcasdqwe123 zxczxc123123zxczxcv zxcvzxcvzxcvzxcvzxcvzxcvzxcv zxcvfdsaqwer4321
zxcvfdsa753qwer zxcvbzxcvbzxcvb zxcvbnqwerty123 zxcvbnmzxcvbnmzxcvbnm zxcvbnmqwertyuiop
zxcvbnmmnbvcxzzxcvbnm zxcvbnmasdfghjklqwertyuiop zxcvbnmasdfghjk zxcvbnm98765432 zxcvbnm789123456
zxcvbnm666zxcvbnm zxcvbnm123654lkj ZXCVBNM123456789
`
  .trim()
  .split(/\s+/);

test('the entries are sorted, which the search requires', () => {
  const bytes = Buffer.from(COMMON_PASSWORD_DIGESTS, 'base64');
  const entries = Array.from({ length: bytes.length / 6 }, (_, i) => bytes.subarray(i * 6, i * 6 + 6));

  expect(entries.length).toBeGreaterThan(9_000);
  expect(entries.slice(1).every((entry, i) => Buffer.compare(entries[i]!, entry) < 0)).toBe(true);
});

test('sampled entries of the list of leaked passwords are rejected, ignoring case', () => {
  expect(SAMPLE).toHaveLength(200);
  expect(SAMPLE.filter((password) => !isCommonPassword(password))).toEqual([]);
  expect(SAMPLE.filter((password) => !isCommonPassword(password.toUpperCase()))).toEqual([]);
  expect(SAMPLE.filter((password) => NewPassword.safeParse(password).success)).toEqual([]);
});

test('ordinary long passwords are accepted', () => {
  const good = Array.from({ length: 2_000 }, (_, i) => `violet canal ${i} ships at noon`);

  expect(good.filter(isCommonPassword)).toEqual([]);
  expect(refusal('violet canal ships at noon')).toBeNull();
});

test('every rejection has a reason', () => {
  for (const password of ['short', 'x'.repeat(1_000_000), SAMPLE[0]!]) {
    expect(NewPassword.safeParse(password).error?.issues[0]?.message).toMatch(/[a-z]\.$/);
  }
});

test(
  'the name, the address and team names are words an attacker would try first',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const words = await personalWords(db, member.userId);

    expect(refusal(member.email, words)).toMatch('your name or your email address');
    expect(refusal(`${member.teamSlug} 2026!!!`, words)).toMatch('your name or your email address');
    expect(refusal('Ada Person Ada Person 1', words)).toMatch('your name or your email address');
    expect(refusal('violet canal ships at noon', words)).toBeNull();
  }),
);
