extension Plan {
  /// The last of the values after `name` whose channels each depend on the same channel of `name` alone, and are zero
  /// where that is: `name` itself, unless pooling or an activation function is all that reads it.
  ///
  /// To silence a channel there is to silence it at `name`, and there is less to compute after it.
  ///
  /// - Returns: the name of a value `[N, C, …]` with as many channels.
  public func channelwiseEnd(after name: String) -> String {
    guard var value = values.ids[name], values.shapes[value].count > 2 else { return name }
    let channels = values.shapes[value][1]
    var readers = [[PlannedStep]](repeating: [], count: values.count)
    for step in steps { for input in step.inputs { readers[input].append(step) } }
    while !outputs.contains(value), readers[value].count == 1, let next = readers[value].first, next.inputs == [value],
      next.node.op.keepsSilentChannels(of: values.shapes[value]),
      values.shapes[next.output].dropFirst().first == channels
    {
      value = next.output
    }
    return values.names[value]
  }
}
