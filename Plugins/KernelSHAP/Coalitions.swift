import Tensors

/// Choices among players, neither none nor all, that the Shapley kernel weighs.
struct Coalitions {
  let choices: [[Bool]]
  /// `π` of each, up to a factor; equal for those that were drawn by it.
  let weights: [Float]

  /// All choices where there are no more than `count`, or else as many that are drawn, each followed by its opposite.
  init(of players: Int, count: Int, seed: UInt64) {
    if players < 2 {
      (choices, weights) = ([], [])
    } else if players < 24, (1 << players) - 2 <= count {
      choices = (1..<(1 << players) - 1).map { number in (0..<players).map { number >> $0 & 1 == 1 } }
      weights = choices.map { choice in
        let shown = choice.count { $0 }
        return Float(1 / (Self.binomial(players, shown) * Double(shown * (players - shown))))
      }
    } else {
      var generator = SplitMix64(seed: seed)
      var drawn: [[Bool]] = []
      // How likely a choice has `s` players: C(M, s)·π(s), that is (M−1)/(s·(M−s)).
      let shares = (1..<players).map { 1 / Float($0 * (players - $0)) }
      while drawn.count < count {
        let choice = Self.choice(of: generator.index(by: shares) + 1, among: players, &generator)
        drawn.append(choice)
        if drawn.count < count { drawn.append(choice.map(!)) }
      }
      choices = drawn
      weights = Array(repeating: 1, count: count)
    }
  }

  /// The coefficients `φ` of the regression, given what each choice gains over none, and what all of them gain together.
  func shapleyValues(of gains: [Float], whole: Float) -> [Float] {
    guard let players = choices.first?.count else { return [whole] }
    // That they add up is a condition: the last is what the others leave, z_M·whole + Σⱼ φⱼ·(zⱼ − z_M).
    func number(_ shown: Bool) -> Float { shown ? 1 : 0 }
    let fit = LinearRegression(
      of: zip(gains, choices).map { $0 - number($1[players - 1]) * whole },
      by: choices.map { choice in choice.dropLast().map { number($0) - number(choice[players - 1]) } },
      weights: weights, hasIntercept: false)
    return fit.coefficients + [whole - fit.coefficients.reduce(0, +)]
  }

  private static func choice(of shown: Int, among players: Int, _ generator: inout SplitMix64) -> [Bool] {
    var order = Array(0..<players), choice = Array(repeating: false, count: players)
    for place in 0..<shown {
      order.swapAt(place, place + generator.below(players - place))
      choice[order[place]] = true
    }
    return choice
  }

  private static func binomial(_ n: Int, _ k: Int) -> Double {
    (0..<k).reduce(1) { $0 * Double(n - $1) / Double($1 + 1) }
  }
}

extension SplitMix64 {
  /// An index, each as likely as its share of the whole.
  fileprivate mutating func index(by shares: [Float]) -> Int {
    var rest = uniform() * shares.reduce(0, +)
    return shares.firstIndex { share in
      rest -= share
      return rest < 0
    } ?? shares.count - 1
  }
}
