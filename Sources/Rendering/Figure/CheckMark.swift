extension ComparisonSheet.Check {
  /// The sign beside the letter, told by its form as well as by its colour: a disc below 0.5, a triangle up to 0.9, a cross
  /// above, a dash where the similarity is not known.
  func sign(at center: PlotSheet.Point) -> [Mark] {
    func stroke(_ offsets: [(Double, Double)]) -> Mark {
      .stroke(offsets.map { .init(center.x + $0.0, center.y + $0.1) }, color, width: 2.2)
    }
    guard let similarity else { return [stroke([(-3.5, 0), (3.5, 0)])] }
    if similarity > 0.9 { return [stroke([(-3.5, -3.5), (3.5, 3.5)]), stroke([(-3.5, 3.5), (3.5, -3.5)])] }
    if similarity > 0.5 { return [stroke([(0, -4), (4, 3), (-4, 3), (0, -4)])] }
    return [.disc(center, radius: 4.5, color)]
  }

  /// Green below 0.5, amber up to 0.9, red above, gray where it is not known.
  private var color: UInt32 {
    guard let similarity else { return 0x8A8A8A }
    return similarity > 0.9 ? 0xB2182B : similarity > 0.5 ? 0xE69F00 : 0x1B7837
  }
}
