extension Plan {
  /// The share of the multiplications and additions of one run that are left to do once the value `name` is known, from
  /// 0 to 1; 0 for what is no value of the network.
  ///
  /// What does not depend on the value need not be done again.
  public func shareOfWork(after name: String) -> Double {
    guard let start = values.ids[name] else { return 0 }
    var depends = [Bool](repeating: false, count: values.count)
    depends[start] = true
    var (all, left) = (0.0, 0.0)
    for step in steps where step.wanted.contains(true) {
      let work = Double(
        step.node.op.multiplyAdds(of: step.inputs.map { values.shapes[$0] }, output: values.shapes[step.output]))
      all += work
      guard step.output != start, step.inputs.contains(where: { depends[$0] }) else { continue }
      depends[step.output] = true
      left += work
    }
    return all > 0 ? left / all : 0
  }
}
