extension Double {
  /// Three significant digits as a figure shows them: `0.0123`, `−4.5`, `1.2e−5`.
  package var compact: String {
    guard isFinite else { return isNaN ? "not a number" : self < 0 ? "−∞" : "∞" }
    guard self != 0 else { return "0" }
    let sign = self < 0 ? "−" : ""
    var (digits, exponent) = (magnitude, 0)
    while digits >= 10 { (digits, exponent) = (digits / 10, exponent + 1) }
    while digits < 1 { (digits, exponent) = (digits * 10, exponent - 1) }
    var hundreds = Int((digits * 100).rounded())
    if hundreds == 1000 { (hundreds, exponent) = (100, exponent + 1) }
    var significant = String(hundreds)
    while significant.count > 1, significant.last == "0" { significant.removeLast() }
    return sign + Self.plain(significant, exponent)
  }

  /// `significant` digits, the first of which counts 10 to the power of `exponent`.
  private static func plain(_ significant: String, _ exponent: Int) -> String {
    switch exponent {
    case -4..<0:
      return "0." + String(repeating: "0", count: -exponent - 1) + significant
    case 0..<5:
      let whole = String((significant + "00000").prefix(exponent + 1))
      let rest = significant.dropFirst(exponent + 1)
      return rest.isEmpty ? whole : whole + "." + rest
    default:
      let rest = significant.dropFirst()
      return String(significant.prefix(1)) + (rest.isEmpty ? "" : "." + rest) + "e" + (exponent < 0 ? "−" : "")
        + String(exponent.magnitude)
    }
  }
}
