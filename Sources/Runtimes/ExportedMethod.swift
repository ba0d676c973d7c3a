public import AttributionKit
import Exporting
import Synchronization
import Tensors

/// A method whose maps another program computes, from the graph that `limn export` would write; what cannot be exported is
/// computed by Limn.
///
/// The first map of each graph is compared with the method's own.
public final class ExportedMethod: AttributionMethod {
  private let method: any AttributionMethod
  private let expression: String
  private let host: RuntimeHost
  private let graphs = Mutex(Graphs())

  /// - Parameters:
  ///   - method: the method.
  ///   - expression: how it is written.
  ///   - host: what computes it.
  public init(_ method: any AttributionMethod, expression: String, on host: RuntimeHost) {
    (self.method, self.expression, self.host) = (method, expression, host)
  }

  /// As the method itself, on the processor: how long the other program takes, nobody knows before.
  public func cost(on model: (any ModelAdapter)?) -> Cost { method.cost(on: model) }

  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard let found = try exported(in: session) else { return try method.attribution(in: session) }
    let values = try found.graph.map.values(in: session, about: found.index)
    return Attribution(
      values, at: found.graph.map.layer, facts: found.graph.facts + [.remark(host.remark)])
  }

  /// The graph that answers the session, and the class that it is asked about; `nil` where there is none.
  private func exported(in session: ExplanationSession) throws -> (graph: Graph, index: Int?)? {
    // The same network with other weights is another one.
    guard session.model as AnyObject === host.network, session.inputs.count == 1 else { return nil }
    let candidates = RuntimeQuestion(session).candidates
    guard !candidates.isEmpty else {
      host.tell("\(expression) is computed by Limn itself: graphs are made about classes, and differences of two")
      return nil
    }
    return try graphs.withLock { graphs in
      if graphs.areRefused { return nil }
      var reason = ""
      for candidate in candidates {
        let key = Graphs.Key(target: candidate.key, colors: session.options.colors)
        switch try graphs[key] ?? graphs.add(made(for: candidate, session), as: key) {
        case .there(let graph): return (graph, candidate.index)
        case .missing(let why): reason = why
        }
      }
      graphs.areRefused = true
      host.tell("\(reason); Limn computes it itself")
      return nil
    }
  }

  /// A graph, compared with the method's own map of the session's image.
  private func made(for candidate: RuntimeQuestion.Candidate, _ session: ExplanationSession) throws -> Graphs.Entry {
    // What is wrong with the question itself is told by the method.
    let own = try method.attribution(in: session), map: ExportedMap, values: Tensor
    var options = session.options
    options.progress = nil
    var request = MapExportRequest(
      host.path, method: method, expression: expression, target: candidate.target, targetName: "", options: options)
    request.isONNX = host.isONNX
    do {
      map = try ExportedMap(request, of: host)
      values = try map.values(in: session, about: candidate.index)
    } catch let error as ExportError {
      return .missing(error.description)
    } catch let error as RuntimeError {
      return .missing("\(expression) cannot be computed by \(host.title): \(error)")
    } catch {
      return .missing("\(expression) cannot be exported: \(error)")
    }
    let deviation = MapDeviation(of: values, from: own.values)
    guard !deviation.isOfAnotherMap else {
      return .missing("\(expression) cannot be exported: the graph's map differs from Limn's own by \(deviation)")
    }
    if deviation.isNotable {
      host.tell("\(expression) by \(host.title) differs from Limn's own first map by \(deviation)")
    }
    return .there(Graph(map: map, facts: own.facts.filter(\.isOfMethod)))
  }
}

extension Fact {
  /// Whether it is true of the method's maps of all images.
  fileprivate var isOfMethod: Bool { if case .coverage = self { true } else { false } }
}

/// A graph that answers, and what it says of itself.
private struct Graph {
  let map: ExportedMap
  let facts: [Fact]
}

/// The graphs of a method, the last few of those about one target.
private struct Graphs {
  struct Key: Hashable {
    let target: RuntimeQuestion.Key
    let colors: InputColors?
  }

  enum Entry {
    case there(Graph)
    case missing(String)
  }

  /// Whether a question had none: others are not tried.
  var areRefused = false
  private var entries: [(key: Key, entry: Entry)] = []
  /// Each holds the network once more.
  private let limit = 4

  subscript(key: Key) -> Entry? { entries.first { $0.key == key }?.entry }

  mutating func add(_ entry: Entry, as key: Key) -> Entry {
    if entries.count == limit { entries.removeFirst() }
    entries.append((key, entry))
    return entry
  }
}
