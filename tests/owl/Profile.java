import java.io.File;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.profiles.OWL2RLProfile;
import org.semanticweb.owlapi.profiles.OWLProfileViolation;

/** Prints what the OWL API finds against the profile OWL 2 RL (and with it OWL 2 DL): file, tab, violation. */
public class Profile {
    public static void main(String[] files) throws Exception {
        for (String file : files) {
            OWLOntology ontology = OWLManager.createOWLOntologyManager().loadOntologyFromOntologyDocument(new File(file));
            for (OWLProfileViolation violation : new OWL2RLProfile().checkOntology(ontology).getViolations()) {
                System.out.println(file + "\t" + violation.toString().replaceAll("\\s+", " "));
            }
        }
    }
}
