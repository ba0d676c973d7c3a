extension CombinationDescriptor {
  /// The combinations that expressions have a name for, in the order they are listed to users.
  public static let builtIn = [
    smooth, flip, mean, maximum, consensus, difference, layers, contrast, within, eigen, frequency, randomized,
    absolute,
    negative,
  ]

  public static let smooth = CombinationDescriptor(
    "smooth", title: "SmoothGrad", summary: "The mean over noisy copies of the input, in which noise cancels out.",
    citation: "Smilkov et al., ICML workshop 2017, arXiv:1706.03825", operands: .one,
    parameters: [
      Parameter("samples", \.samples, help: "how many noisy copies", expected: "a whole number from 1 to 10000") {
        (1...10_000).contains($0)
      },
      Parameter(
        "noise", \.noise, help: "the noise's standard deviation as a share of the input's range",
        expected: "a number from 0 to 1"
      ) { (0...1).contains($0) },
      Parameter("seed", \.seed, help: "the number that decides the noise", expected: "a whole number from 0"),
      Parameter(
        "statistic", \.statistic, help: "what is made of the copies: SmoothGrad, SmoothGrad² or VarGrad",
        expected: "mean, square or variance"),
    ]
  ) { settings, parts in
    "SmoothGrad\(settings) of \(parts[0])"
  } combine: {
    Smooth($0[0])
  }

  public static let mean = CombinationDescriptor(
    "mean", title: "Mean", summary: "The mean of several methods, each on the scale of its own picture.",
    citation: "Rieger & Hansen, 2019, arXiv:1903.00519", operands: .several
  ) { _, parts in
    "mean of \(inWords(parts))"
  } combine: {
    Mean($0)
  }

  public static let maximum = CombinationDescriptor(
    "max", title: "Maximum", summary: "The strongest of several methods at each place, each on its picture's scale.",
    citation: "Jiang et al., IEEE TIP 2021, doi:10.1109/TIP.2021.3089943", operands: .several
  ) { _, parts in
    "maximum of \(inWords(parts))"
  } combine: {
    Maximum($0)
  }

  public static let layers = CombinationDescriptor(
    "layers", title: "Layers", summary: "One method on several layers, the strongest of them at each place.",
    citation: "Jiang et al., IEEE TIP 2021, doi:10.1109/TIP.2021.3089943", operands: .layers
  ) { _, parts in
    "\(parts[0]) on \(inWords(Array(parts.dropFirst())))"
  } combine: {
    Layers(methods: $0)
  }

  public static let absolute = CombinationDescriptor(
    "abs", title: "Magnitude", summary: "How much a place matters, for or against the score.",
    citation: "Simonyan et al., ICLR workshop 2014, arXiv:1312.6034", operands: .one
  ) { _, parts in
    "|\(parts[0])|"
  } combine: {
    Absolute($0[0])
  }

  public static let negative = CombinationDescriptor(
    "negative", title: "Negative", summary: "What speaks against the score: all signs turned.",
    citation: "Selvaraju et al., ICCV 2017, arXiv:1610.02391", operands: .one
  ) { _, parts in
    "negative of \(parts[0])"
  } combine: {
    Negative($0[0])
  }

  /// What `*` makes of the methods on its sides, and no name does.
  public static let product = CombinationDescriptor(
    "*", title: "Product", summary: "Where the one looks, in the detail that the other shows.",
    citation: "Selvaraju et al., ICCV 2017, arXiv:1610.02391", operands: .several
  ) { _, parts in
    parts.joined(separator: " × ")
  } combine: {
    $0[0] * $0[1]
  }
}

/// `a, b and c`.
func inWords(_ parts: [String]) -> String {
  guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
  return parts.dropLast().joined(separator: ", ") + " and " + last
}
