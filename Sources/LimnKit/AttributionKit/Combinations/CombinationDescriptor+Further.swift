extension CombinationDescriptor {
  public static let flip = CombinationDescriptor(
    "flip", title: "Test-time augmentation",
    summary: "The mean over the input, brighter and darker, and its mirror image.",
    citation: "Shanmugam et al., ICCV 2021, arXiv:2011.11156", operands: .one,
    parameters: [
      Parameter(
        "brightness", \.brightness, help: "the share by which copies are brighter and darker",
        expected: "a number from 0 to below 1"
      ) { (0..<1).contains($0) }
    ]
  ) { settings, parts in
    "mean of mirrored copies\(settings) of \(parts[0])"
  } combine: {
    Augmented($0[0])
  }

  public static let consensus = CombinationDescriptor(
    "consensus", title: "Consensus", summary: "The mean of several methods, the less of it the more they differ.",
    citation: "Rieger & Hansen, 2019, arXiv:1903.00519", operands: .several
  ) { _, parts in
    "consensus of \(inWords(parts))"
  } combine: {
    Consensus($0)
  }

  public static let difference = CombinationDescriptor(
    "difference", title: "Difference", summary: "Where one method sees more than another, each on its picture's scale.",
    citation: "Zhang et al., ECCV 2016, arXiv:1608.00507", operands: .two
  ) { _, parts in
    "\(parts[0]) − \(parts[1])"
  } combine: {
    Difference($0[0], $0[1])
  }

  public static let contrast = CombinationDescriptor(
    "contrast", title: "Contrast",
    summary: "Why this class rather than another: a method for the difference of two scores.",
    citation: "Prabhushankar et al., ICIP 2020, arXiv:2008.00178", operands: .one,
    parameters: [
      Parameter(
        "class", \.rival, help: "the class that the score is held against",
        expected: "strongest, or a class by its number from 0 or by its name")
    ], positional: ["class"]
  ) { settings, parts in
    "\(parts[0]) in contrast\(settings)"
  } combine: {
    Contrast($0[0])
  }

  public static let within = CombinationDescriptor(
    "within", title: "Within", summary: "What a method says inside a box, and how much of its evidence that is.",
    citation: "Wang et al., CVPR workshop 2020, arXiv:1910.01279", operands: .one,
    parameters: [
      Parameter("left", \.left, help: "the first column of the box", expected: BoxEdge.expected),
      Parameter("top", \.top, help: "the first row of the box", expected: BoxEdge.expected),
      Parameter("right", \.right, help: "the first column behind the box", expected: BoxEdge.expected),
      Parameter("bottom", \.bottom, help: "the first row below the box", expected: BoxEdge.expected),
    ], positional: ["left", "top", "right", "bottom"]
  ) { settings, parts in
    "\(parts[0]) within a box\(settings)"
  } combine: {
    Within($0[0])
  }

  public static let eigen = CombinationDescriptor(
    "eigen", title: "Principal component", summary: "What the channels of a map have in common; less noise.",
    citation: "Muhammad & Yeasin, IJCNN 2020, arXiv:2008.00299", operands: .one
  ) { _, parts in
    "principal component of \(parts[0])"
  } combine: {
    Eigen($0[0])
  }

  public static let frequency = CombinationDescriptor(
    "frequency", title: "FORGrad", summary: "A method's attribution without its high frequencies.",
    citation: "Muzellec et al., ICML 2025, arXiv:2307.09591", operands: .one,
    parameters: [
      Parameter(
        "cutoff", \.cutoff, help: "the highest frequency that stays, in cycles over the shorter side",
        expected: "a number from 0"
      ) { $0 >= 0 }
    ]
  ) { settings, parts in
    "FORGrad\(settings) of \(parts[0])"
  } combine: {
    LowPassed($0[0])
  }

  public static let randomized = CombinationDescriptor(
    "randomized", title: "Model randomisation",
    summary: "A method on the same network with its weights drawn anew: what it shows of one that knows nothing.",
    citation: "Adebayo et al., NeurIPS 2018, arXiv:1810.03292", operands: .one,
    parameters: [
      Parameter(
        "layers", \.layers, help: "the layers whose weights are drawn anew", expected: Randomization.expected),
      Parameter("seed", \.seed, help: "the number that decides the weights", expected: "a whole number from 0"),
    ], positional: ["layers"]
  ) { settings, parts in
    "\(parts[0]) on random weights\(settings)"
  } combine: {
    Randomized($0[0])
  }
}
