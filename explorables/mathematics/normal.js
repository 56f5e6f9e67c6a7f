// The normal distribution of mean 0 and deviation 1.

export const density = (z) => Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI);

// Φ(z), to 15 digits after the point: ½ + φ(z) (z + z³/3 + z⁵/(3·5) + …) (Marsaglia 2004,
// "Evaluating the Normal Distribution").
export function probabilityBelow(z) {
  if (z < -8) return density(z) / -z;
  if (z > 8) return 1;
  let [sum, term] = [z, z];
  for (let odd = 3; sum + term !== sum; odd += 2) {
    term *= z ** 2 / odd;
    sum += term;
  }
  return 0.5 + density(z) * sum;
}
