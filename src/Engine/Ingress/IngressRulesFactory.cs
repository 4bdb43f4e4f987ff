using Engine.Origins;

namespace Engine.Ingress;

/// <summary>Turns definitions into rules and collects everything that is wrong with them.</summary>
internal static class IngressRulesFactory
{
    public static IngressRules? Create(IReadOnlyList<IngressRuleDefinition> definitions, out IReadOnlyList<ConfigurationFault> faults)
    {
        var found = new List<ConfigurationFault>();
        faults = found;
        var rules = new IngressRule?[definitions.Count];
        for (var i = 0; i < rules.Length; i++)
        {
            rules[i] = CreateRule(i + 1, definitions[i], found);
        }

        CheckCatchAll(definitions, found);
        if (found.Count > 0)
        {
            return null;
        }

        return new IngressRules(rules!);
    }

    private static IngressRule? CreateRule(int number, IngressRuleDefinition definition, List<ConfigurationFault> faults)
    {
        if (!HostnamePattern.TryParse(definition.Hostname, out var hostname, out var error))
        {
            Report(definition.HostnamePosition, error);
        }

        PathPattern? path = null;
        if (!string.IsNullOrEmpty(definition.Path) && !PathPattern.TryParse(definition.Path, out path, out error))
        {
            Report(definition.PathPosition, error);
        }

        if (!Origin.TryParse(definition.Service, definition.Options, out var origin, out error))
        {
            Report(definition.ServicePosition, error);
        }

        return origin is null ? null : new IngressRule(number, definition, hostname, path, origin);

        void Report(TextPosition position, string message)
        {
            position = position == default ? definition.Position : position;
            faults.Add(new ConfigurationFault($"Rule {number}: {message}", position.Line, position.Column));
        }
    }

    private static void CheckCatchAll(IReadOnlyList<IngressRuleDefinition> definitions, List<ConfigurationFault> faults)
    {
        if (definitions.Count == 0)
        {
            faults.Add(new ConfigurationFault("There are no ingress rules; write at least one, for example '- service: http://localhost:8000'.", 0, 0));
            return;
        }

        for (var i = 0; i < definitions.Count - 1; i++)
        {
            if (IsCatchAll(definitions[i]))
            {
                faults.Add(new ConfigurationFault(
                    $"Rule {i + 1} takes every request, so the rules after it can never match; give it a hostname or a path, or move it to the end.",
                    definitions[i].Position.Line,
                    definitions[i].Position.Column));
            }
        }

        var last = definitions[^1];
        if (!IsCatchAll(last))
        {
            faults.Add(new ConfigurationFault(
                $"Rule {definitions.Count}: the last rule has to take every request, and this one has a hostname or a path; add a rule after it such as '- service: http_status:404'.",
                last.Position.Line,
                last.Position.Column));
        }
    }

    private static bool IsCatchAll(IngressRuleDefinition definition) =>
        definition.Hostname is null or "" or "*" && string.IsNullOrEmpty(definition.Path);
}
