/// A float of eight bits, as ONNX defines them: a sign, then 4 or 5 bits of exponent, then the fraction.
func float(fromEighth bits: UInt8, _ type: ElementType) -> Float {
  let fractionBits = type == .float8e4m3 ? 3 : 2
  let exponent = Int(bits & 0x7F) >> fractionBits
  let fraction = Float(Int(bits) & (1 << fractionBits - 1)) / Float(1 << fractionBits)
  let sign: Float = bits & 0x80 == 0 ? 1 : -1
  // The narrower exponent has no infinities and a single NaN; the wider one has both, as in IEEE 754.
  if type == .float8e4m3 {
    if bits & 0x7F == 0x7F { return .nan }
  } else if exponent == 31 {
    return fraction == 0 ? sign * .infinity : .nan
  }
  let bias = type == .float8e4m3 ? 7 : 15
  let scale = Float(sign: .plus, exponent: max(exponent, 1) - bias, significand: 1)
  return sign * scale * (exponent == 0 ? fraction : 1 + fraction)
}
