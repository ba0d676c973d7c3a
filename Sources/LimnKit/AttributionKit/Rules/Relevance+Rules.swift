/// The rules of the literature, as values.
extension Relevance {
  /// LRP-ε: `R_in = x ⊙ Wᵀ(R / (z + ε sign z))`.
  ///
  /// For any step, `x ⊙ Jᵀ(R / stab(y))`: a sum shares out in proportion to its addends, an average in proportion to what
  /// it averages. On a softmax, with `ε = 0`, it is the rule of AttnLRP (arXiv:2402.05602, proposition 3.1); a layer
  /// normalisation's deviation is taken as a constant.
  public static func epsilon(_ epsilon: Float = 1e-6) -> Relevance {
    Relevance([Group([Member(.all, .all)])], stabilizer: epsilon)
  }

  /// LRP-γ for inputs of any sign, as in zennit: what agrees with the output's sign is reinforced by `γ`.
  ///
  /// For inputs and outputs above zero, `x ⊙ (W + γW⁺)ᵀ(R / (W + γW⁺)x)` (Montavon et al. 2019).
  public static func gamma(_ gamma: Float) -> Relevance {
    Relevance([
      Group(
        [Member(.positive, .positiveReinforced(gamma)), Member(.negative, .negativeReinforced(gamma))],
        outputs: .positive),
      Group(
        [Member(.positive, .negativeReinforced(gamma)), Member(.negative, .positiveReinforced(gamma))],
        outputs: .negative),
    ])
  }

  /// z⁺: only contributions above zero, `x⁺W⁺ + x⁻W⁻`, count.
  public static let zPlus = alphaBeta(1, 0)

  /// LRP-αβ, `α − β = 1`: contributions above zero get `α` of the relevance, those below zero `−β`.
  public static func alphaBeta(_ alpha: Float, _ beta: Float) -> Relevance {
    let exciting = Group([Member(.positive, .positive), Member(.negative, .negative)], share: alpha)
    let inhibiting = Group([Member(.positive, .negative), Member(.negative, .positive)], share: -beta)
    return Relevance(beta == 0 ? [exciting] : [exciting, inhibiting])
  }

  /// zᴮ, for pixels between bounds: `x ⊙ Wᵀs − l ⊙ W⁺ᵀs − h ⊙ W⁻ᵀs` with `s = R / (Wx − W⁺l − W⁻h)`.
  ///
  /// - Parameters:
  ///   - low: the least that each channel can be, or all of them, as the network receives it.
  ///   - high: the most.
  /// - Returns: The rule.
  public static func zBox(low: [Float], high: [Float]) -> Relevance {
    Relevance([
      Group([
        Member(.all, .all), Member(.bound(low), .positive, isSubtracted: true),
        Member(.bound(high), .negative, isSubtracted: true),
      ])
    ])
  }

  /// Flat: the same share to each input of an output, whatever the input and the weights.
  public static let flat = Relevance([Group([Member(.ones, .ones)])], includesBias: false)

  /// w²: shares in proportion to the squares of the weights, whatever the input.
  public static let wSquare = Relevance([Group([Member(.ones, .squared)])])

  /// The same share to each of two factors, `A ⊙ (R / (2O + ε))Bᵀ` and `B ⊙ Aᵀ(R / (2O + ε))`: AttnLRP's rule for
  /// products of matrices, and for products scalar by scalar (arXiv:2402.05602, proposition 3.3).
  public static func equalShares(_ epsilon: Float = 1e-6) -> Relevance {
    Relevance([Group([Member(.all, .all)], share: 0.5)], stabilizer: epsilon / 2)
  }
}
