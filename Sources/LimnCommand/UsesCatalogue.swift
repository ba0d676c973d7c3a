import ArgumentParser
import Explaining

/// A command that is handed what can be named: methods, targets, colours, formats.
protocol UsesCatalogue: ParsableCommand {
  mutating func run(with catalogue: Catalogue) throws
}

extension UsesCatalogue {
  /// With what is built in.
  mutating func run() throws { try run(with: Catalogue()) }
}
