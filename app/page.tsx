export default function Home() {
  return <p>Latchkey</p>;
}
